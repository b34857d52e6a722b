"""hold growth: lists that are read in their order, and jobs that find at once what is due"""

import sqlalchemy as sa
from alembic import op

import app.database

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

INDEXES = (
    ('ix_entries_newest', 'entries', ['state', 'published_at', 'id']),
    ('ix_entries_touched', 'entries', ['updated_at', 'id']),
    ('ix_entries_state_touched', 'entries', ['state', 'updated_at', 'id']),
    ('ix_entries_series', 'entries', ['series_id', 'state', 'published_at']),
    ('ix_entries_closing', 'entries', ['discussion', 'comments_open', 'published_at']),
    ('ix_entry_topics_shown', 'entry_topics', ['topic_id', 'shown_at', 'entry_id']),
    ('ix_contributions_shown', 'contributions', ['person_id', 'part', 'shown_at', 'entry_id']),
    ('ix_people_name', 'people', ['name', 'id']),
    ('ix_decisions_by', 'decisions', ['account_id', 'decided_at']),
    ('ix_decisions_named', 'decisions', ['account_name', 'decided_at']),
    ('ix_feed_items_seen', 'feed_items', ['feed_id', 'first_seen_at']),
    ('ix_feed_items_changed_at', 'feed_items', ['changed_at']),
)
# Of few rows, however many the table has.
PARTS = (
    ('ix_comments_lately', 'comments', ['created_at', 'entry_id'], "state = 'approved'"),
    ('ix_outbox_unsent', 'outbox', ['id'], 'sent_at IS NULL AND dropped_at IS NULL'),
    ('ix_outbox_kept', 'outbox', ['created_at'], "recipient <> ''"),
)
SHOWN = ("UPDATE {} SET shown_at = (SELECT published_at FROM entries"
         " WHERE entries.id = {}.entry_id AND state = 'published')")


def upgrade() -> None:
    for table in ('entry_topics', 'contributions'):
        op.add_column(table, sa.Column('shown_at', app.database.UtcDateTime(timezone=True), nullable=True))
        op.execute(SHOWN.format(table, table))
    op.add_column('series', sa.Column('shown', sa.Integer(), nullable=False, server_default='0'))
    op.drop_index('ix_entry_topics_topic_id', 'entry_topics')
    op.drop_index('ix_contributions_person_id', 'contributions')
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    for name, table, columns, where in PARTS:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.execute("UPDATE series SET shown = (SELECT count(*) FROM entries"
               " WHERE series_id = series.id AND state = 'published')")


def downgrade() -> None:
    for name, table, *_rest in (*PARTS, *INDEXES):
        op.drop_index(name, table)
    op.create_index('ix_contributions_person_id', 'contributions', ['person_id'])
    op.create_index('ix_entry_topics_topic_id', 'entry_topics', ['topic_id'])
    op.drop_column('series', 'shown')
    for table in ('contributions', 'entry_topics'):
        op.drop_column(table, 'shown_at')
