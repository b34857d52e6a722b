"""fill what came later: data alone, for columns and tables that earlier steps have added"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Each finds only what is still empty, so it changes nothing that was filled meanwhile.
    _end_comments()
    _give_no_head_start()
    _fold_items()
    _remember_imports()
    _remember_names()


def _end_comments() -> None:
    # What was refused or withdrawn before is as old as the comment itself.
    op.execute("UPDATE comments SET ended_at = created_at"
               " WHERE ended_at IS NULL AND state IN ('rejected', 'spam', 'withdrawn')")


def _give_no_head_start() -> None:
    op.execute("UPDATE review_items SET due_at = waiting_since WHERE due_at < '1971-01-01'")


def _fold_items() -> None:
    connection = op.get_bind()
    items = sa.table('review_items', *map(sa.column, ('id', 'title', 'text', 'person', 'folded')))
    for item in connection.execute(sa.select(items).where(items.c.folded == '')).all():
        words = '\n'.join((item.title, item.text, item.person))
        folded = unicodedata.normalize('NFKC', words).casefold()
        connection.execute(sa.update(items).where(items.c.id == item.id).values(folded=folded))


def _remember_imports() -> None:
    # What was taken over earlier is known only as it stands now.
    op.execute("""
        UPDATE feed_items SET
            imported_title = (SELECT title FROM entries WHERE entries.id = feed_items.entry_id),
            imported_standfirst =
                (SELECT standfirst FROM entries WHERE entries.id = feed_items.entry_id),
            imported_html = (SELECT source FROM entries WHERE entries.id = feed_items.entry_id)
        WHERE entry_id IS NOT NULL AND imported_title = '' AND imported_standfirst = ''
            AND imported_html = ''""")


def _remember_names() -> None:
    op.execute("""
        UPDATE feed_items SET author = (
            SELECT CASE WHEN feeds.title = '' THEN feeds.url ELSE feeds.title END
            FROM feeds WHERE feeds.id = feed_items.feed_id) WHERE author = ''""")
    # Whoever has been credited under a name so far stays the person behind it. A feed of which one
    # name is known was visited since, and knows all of its own.
    op.execute("""
        INSERT INTO feed_names (feed_id, name, person_id, first_seen_at)
        SELECT feed_items.feed_id, people.name, min(people.id), min(feed_items.first_seen_at)
        FROM feed_items JOIN contributions ON contributions.entry_id = feed_items.entry_id
        JOIN people ON people.id = contributions.person_id
        WHERE contributions.part = 'author' AND feed_items.feed_id NOT IN
            (SELECT feed_id FROM feed_names)
        GROUP BY feed_items.feed_id, people.name""")


def downgrade() -> None:
    # What was filled in says nothing that is not so without it.
    pass
