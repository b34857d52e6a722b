"""Running the site: server, worker, migrations, health."""
