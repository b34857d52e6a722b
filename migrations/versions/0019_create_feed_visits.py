"""create feed visits"""

import sqlalchemy as sa
from alembic import op

import app.database

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feed_hosts',
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('not_before', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_feed_hosts'))
    )

    op.create_table('feed_subscriptions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('feed_id', sa.Integer(), nullable=False),
    sa.Column('hub_url', sa.Text(), nullable=False),
    sa.Column('topic_url', sa.Text(), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'active', 'refused', 'ending', name='subscriptionstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('asked_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('verified_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('lease_until', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('pushed_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('next_try_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['feed_id'], ['feeds.id'], name=op.f('fk_feed_subscriptions_feed_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_subscriptions')),
    sa.UniqueConstraint('feed_id', name=op.f('uq_feed_subscriptions_feed_id')),
    sa.UniqueConstraint('token', name=op.f('uq_feed_subscriptions_token'))
    )

    with op.batch_alter_table('feed_subscriptions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_subscriptions_next_try_at'), ['next_try_at'], unique=False)

    op.create_table('feed_visits',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('feed_id', sa.Integer(), nullable=False),
    sa.Column('at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('occasion', sa.Enum('schedule', 'hand', 'push', name='occasion', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Enum('read', 'unchanged', 'failed', name='outcome', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('sentence', sa.Text(), nullable=False),
    sa.Column('milliseconds', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('next_visit_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('next_visit_why', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['feed_id'], ['feeds.id'], name=op.f('fk_feed_visits_feed_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_visits'))
    )

    with op.batch_alter_table('feed_visits', schema=None) as batch_op:
        batch_op.create_index('ix_feed_visits_feed_id', ['feed_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('feed_visits', schema=None) as batch_op:
        batch_op.drop_index('ix_feed_visits_feed_id')

    op.drop_table('feed_visits')

    with op.batch_alter_table('feed_subscriptions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_subscriptions_next_try_at'))

    op.drop_table('feed_subscriptions')

    op.drop_table('feed_hosts')
