"""create feed claims"""

import sqlalchemy as sa
from alembic import op

import app.database

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feed_claims',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('feed_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'proven', 'ended', name='claimstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('proof', sa.Enum('mail', 'page', 'link', name='proof', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('key_hash', sa.Text(), nullable=False),
    sa.Column('mail_hash', sa.Text(), nullable=True),
    sa.Column('news', sa.Text(), nullable=False),
    sa.Column('asked_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('proven_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['feed_id'], ['feeds.id'], name=op.f('fk_feed_claims_feed_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_claims')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_feed_claims_key_hash')),
    sa.UniqueConstraint('mail_hash', name=op.f('uq_feed_claims_mail_hash')),
    sa.UniqueConstraint('token', name=op.f('uq_feed_claims_token'))
    )

    with op.batch_alter_table('feed_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_claims_feed_id'), ['feed_id'], unique=False)

    op.create_table('feed_names',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('feed_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('first_seen_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['feed_id'], ['feeds.id'], name=op.f('fk_feed_names_feed_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_feed_names_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_names')),
    sa.UniqueConstraint('feed_id', 'name', name=op.f('uq_feed_names_feed_id_name'))
    )

    with op.batch_alter_table('feed_names', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_names_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('feed_names', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_names_person_id'))

    op.drop_table('feed_names')

    with op.batch_alter_table('feed_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_claims_feed_id'))

    op.drop_table('feed_claims')
