"""create feed pictures"""

import sqlalchemy as sa
from alembic import op

import app.database

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feed_digests',
    sa.Column('week', sa.Text(), nullable=False),
    sa.Column('written_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('week', name=op.f('pk_feed_digests'))
    )

    op.create_table('feed_pictures',
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('media_id', sa.Integer(), nullable=True),
    sa.Column('failure', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('tried_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('next_try_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['media_id'], ['media.id'], name=op.f('fk_feed_pictures_media_id')),
    sa.PrimaryKeyConstraint('url', name=op.f('pk_feed_pictures'))
    )

    with op.batch_alter_table('feed_pictures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_pictures_next_try_at'), ['next_try_at'], unique=False)

    op.create_table('feed_item_pictures',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['feed_items.id'], name=op.f('fk_feed_item_pictures_item_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['url'], ['feed_pictures.url'], name=op.f('fk_feed_item_pictures_url')),
    sa.PrimaryKeyConstraint('item_id', 'url', name=op.f('pk_feed_item_pictures'))
    )

    with op.batch_alter_table('feed_item_pictures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_item_pictures_url'), ['url'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('feed_item_pictures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_item_pictures_url'))

    op.drop_table('feed_item_pictures')

    with op.batch_alter_table('feed_pictures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_pictures_next_try_at'))

    op.drop_table('feed_pictures')

    op.drop_table('feed_digests')
