"""widen feeds"""

import sqlalchemy as sa
from alembic import op

import app.database

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

# A word of its own for each row that is there already; the program gives it to all others.
RANDOM = {'sqlite': 'lower(hex(randomblob(9)))', 'postgresql': 'gen_random_uuid()::text'}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name

    op.create_table('feed_topics',
    sa.Column('feed_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['feed_id'], ['feeds.id'], name=op.f('fk_feed_topics_feed_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topics.id'], name=op.f('fk_feed_topics_topic_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('feed_id', 'topic_id', name=op.f('pk_feed_topics'))
    )

    with op.batch_alter_table('feed_topics', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_topics_topic_id'), ['topic_id'], unique=False)

    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('noindex', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('feed_items', schema=None) as batch_op:
        batch_op.add_column(sa.Column('imported_title', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('imported_standfirst', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('imported_html', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('source_title', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('source_standfirst', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('source_html', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('findings', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('taken_from_page', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('meaning', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('missing_since', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('withdrawn_from', sa.Enum('draft', 'waiting', 'scheduled', 'published', 'removed', name='entrystate', native_enum=False, create_constraint=True, length=20), nullable=True))
        batch_op.add_column(sa.Column('double_of_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_feed_items_double_of_id'), ['double_of_id'], unique=False)
        batch_op.create_index('ix_feed_items_link_anywhere', ['link'], unique=False)
        batch_op.create_index('ix_feed_items_guid', ['guid'], unique=False)
        batch_op.create_index('ix_feed_items_meaning', ['meaning'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_feed_items_double_of_id'), 'feed_items', ['double_of_id'], ['id'], ondelete='SET NULL')

    # SQLite takes such a default only in a table that is made anew.
    with op.batch_alter_table('feeds', schema=None, recreate='always' if dialect == 'sqlite' else 'auto') as batch_op:
        batch_op.add_column(sa.Column('public_id', sa.Text(), nullable=False, server_default=sa.text(f'({RANDOM[dialect]})')))
        batch_op.add_column(sa.Column('indexing', sa.Enum('canonical', 'noindex', name='indexing', native_enum=False, create_constraint=True, length=20), nullable=False, server_default='canonical'))
        batch_op.add_column(sa.Column('discussion', sa.Enum('auto', 'open', 'closed', name='discussion', native_enum=False, create_constraint=True, length=20), nullable=False, server_default='auto'))
        batch_op.add_column(sa.Column('from_page', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('claimed_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('withdrawn_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('removed_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('trust', sa.Enum('guid', 'link', 'hash', name='trust', native_enum=False, create_constraint=True, length=20), nullable=False, server_default='guid'))
        batch_op.add_column(sa.Column('trust_why', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('listed', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('body_digest', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('next_visit_why', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('retired_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('broken_since', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('rhythm_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('newest_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ttl_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('skip_hours', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('skip_days', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('moved_to', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('moved_sightings', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('moved_since', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('proposed_url', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('hub_url', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('self_url', sa.Text(), nullable=True))

    with op.batch_alter_table('feeds', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_feeds_public_id'), ['public_id'])
        for name in ('public_id', 'indexing', 'discussion', 'from_page', 'trust', 'trust_why', 'next_visit_why',
                     'skip_hours', 'skip_days', 'moved_sightings', 'listed'):
            batch_op.alter_column(name, server_default=None)

    with op.batch_alter_table('feed_items', schema=None) as batch_op:
        for name in ('imported_title', 'imported_standfirst', 'imported_html', 'findings', 'taken_from_page', 'meaning'):
            batch_op.alter_column(name, server_default=None)

    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.alter_column('noindex', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('feeds', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_feeds_public_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('ck_feeds_indexing'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_feeds_discussion'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_feeds_trust'), type_='check')
        batch_op.drop_column('self_url')
        batch_op.drop_column('hub_url')
        batch_op.drop_column('proposed_url')
        batch_op.drop_column('moved_since')
        batch_op.drop_column('moved_sightings')
        batch_op.drop_column('moved_to')
        batch_op.drop_column('skip_days')
        batch_op.drop_column('skip_hours')
        batch_op.drop_column('ttl_minutes')
        batch_op.drop_column('newest_at')
        batch_op.drop_column('rhythm_minutes')
        batch_op.drop_column('broken_since')
        batch_op.drop_column('retired_at')
        batch_op.drop_column('next_visit_why')
        batch_op.drop_column('body_digest')
        batch_op.drop_column('listed')
        batch_op.drop_column('trust_why')
        batch_op.drop_column('trust')
        batch_op.drop_column('removed_at')
        batch_op.drop_column('withdrawn_at')
        batch_op.drop_column('claimed_at')
        batch_op.drop_column('from_page')
        batch_op.drop_column('discussion')
        batch_op.drop_column('indexing')
        batch_op.drop_column('public_id')

    with op.batch_alter_table('feed_items', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_feed_items_double_of_id'), type_='foreignkey')
        batch_op.drop_index('ix_feed_items_meaning')
        batch_op.drop_index('ix_feed_items_guid')
        batch_op.drop_index('ix_feed_items_link_anywhere')
        batch_op.drop_index(batch_op.f('ix_feed_items_double_of_id'))
        batch_op.drop_constraint(batch_op.f('ck_feed_items_entrystate'), type_='check')
        batch_op.drop_column('withdrawn_from')
        batch_op.drop_column('double_of_id')
        batch_op.drop_column('missing_since')
        batch_op.drop_column('meaning')
        batch_op.drop_column('taken_from_page')
        batch_op.drop_column('findings')
        batch_op.drop_column('source_html')
        batch_op.drop_column('source_standfirst')
        batch_op.drop_column('source_title')
        batch_op.drop_column('imported_html')
        batch_op.drop_column('imported_standfirst')
        batch_op.drop_column('imported_title')

    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.drop_column('noindex')

    with op.batch_alter_table('feed_topics', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_topics_topic_id'))

    op.drop_table('feed_topics')
