"""create entries"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
    sa.UniqueConstraint('slug', name=op.f('uq_series_slug'))
    )
    op.create_table('topics',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topics')),
    sa.UniqueConstraint('name', name=op.f('uq_topics_name')),
    sa.UniqueConstraint('slug', name=op.f('uq_topics_slug'))
    )
    op.create_table('entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('section', sa.Text(), nullable=False),
    sa.Column('guid', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'waiting', 'scheduled', 'published', 'removed', name='entrystate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('origin', sa.Enum('house', 'guest', 'feed', name='origin', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('standfirst', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('markup', sa.Enum('markdown', 'html', name='markup', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('publish_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('published_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('comments_open', sa.Boolean(), nullable=False),
    sa.Column('cover_id', sa.Integer(), nullable=True),
    sa.Column('cover_alt', sa.Text(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=True),
    sa.Column('series_number', sa.Integer(), nullable=True),
    sa.Column('canonical_url', sa.Text(), nullable=True),
    sa.Column('source_name', sa.Text(), nullable=True),
    sa.Column('source_published_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'published' OR (slug IS NOT NULL AND published_at IS NOT NULL)", name=op.f('ck_entries_public')),
    sa.CheckConstraint('(series_id IS NULL) = (series_number IS NULL)', name=op.f('ck_entries_numbered')),
    sa.CheckConstraint('series_number > 0', name=op.f('ck_entries_positive_number')),
    sa.ForeignKeyConstraint(['cover_id'], ['media.id'], name=op.f('fk_entries_cover_id')),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_entries_series_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entries')),
    sa.UniqueConstraint('guid', name=op.f('uq_entries_guid')),
    sa.UniqueConstraint('section', 'slug', name=op.f('uq_entries_section_slug')),
    sa.UniqueConstraint('series_id', 'series_number', name=op.f('uq_entries_series_id_series_number'))
    )
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.create_index('ix_entries_public', ['state', 'section', 'published_at'], unique=False)
        batch_op.create_index('ix_entries_schedule', ['state', 'publish_at'], unique=False)

    op.create_table('contributions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Enum('author', 'host', 'guest', name='part', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('organisation', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_contributions_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_contributions_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contributions')),
    sa.UniqueConstraint('entry_id', 'person_id', 'part', name=op.f('uq_contributions_entry_id_person_id_part'))
    )
    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contributions_person_id'), ['person_id'], unique=False)

    op.create_table('entry_links',
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['from_id'], ['entries.id'], name=op.f('fk_entry_links_from_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_id'], ['entries.id'], name=op.f('fk_entry_links_to_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('from_id', 'to_id', name=op.f('pk_entry_links'))
    )
    with op.batch_alter_table('entry_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_links_to_id'), ['to_id'], unique=False)

    op.create_table('entry_topics',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_entry_topics_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topics.id'], name=op.f('fk_entry_topics_topic_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', 'topic_id', name=op.f('pk_entry_topics'))
    )
    with op.batch_alter_table('entry_topics', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_topics_topic_id'), ['topic_id'], unique=False)

    op.create_table('former_addresses',
    sa.Column('section', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_former_addresses_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('section', 'slug', name=op.f('pk_former_addresses'))
    )
    with op.batch_alter_table('former_addresses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_former_addresses_entry_id'), ['entry_id'], unique=False)

    op.create_table('revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('standfirst', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('saved_by', sa.Text(), nullable=False),
    sa.Column('saved_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_revisions_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revisions')),
    sa.UniqueConstraint('entry_id', 'version', name=op.f('uq_revisions_entry_id_version'))
    )


def downgrade() -> None:
    op.drop_table('revisions')
    with op.batch_alter_table('former_addresses', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_former_addresses_entry_id'))

    op.drop_table('former_addresses')
    with op.batch_alter_table('entry_topics', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_topics_topic_id'))

    op.drop_table('entry_topics')
    with op.batch_alter_table('entry_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_links_to_id'))

    op.drop_table('entry_links')
    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contributions_person_id'))

    op.drop_table('contributions')
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.drop_index('ix_entries_schedule')
        batch_op.drop_index('ix_entries_public')

    op.drop_table('entries')
    op.drop_table('topics')
    op.drop_table('series')
