"""create desk"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('review_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'decided', 'withdrawn', name='itemstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('matched', sa.JSON(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('person_key', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('waiting_since', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('claimed_by_id', sa.Integer(), nullable=True),
    sa.Column('claimed_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['claimed_by_id'], ['accounts.id'], name=op.f('fk_review_items_claimed_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_items')),
    sa.UniqueConstraint('kind', 'subject_id', name=op.f('uq_review_items_kind_subject_id'))
    )
    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_items_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_items_person_key'), ['person_key'], unique=False)
        batch_op.create_index('ix_review_items_queue', ['state', 'urgency', 'waiting_since'], unique=False)

    op.create_table('decisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('account_name', sa.Text(), nullable=False),
    sa.Column('verb', sa.Enum('approve', 'reject', 'spam', 'return', name='verb', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('publish_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('decided_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('undone_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_decisions_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['item_id'], ['review_items.id'], name=op.f('fk_decisions_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions'))
    )
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decisions_decided_at'), ['decided_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_decisions_item_id'), ['item_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decisions_item_id'))
        batch_op.drop_index(batch_op.f('ix_decisions_decided_at'))

    op.drop_table('decisions')
    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.drop_index('ix_review_items_queue')
        batch_op.drop_index(batch_op.f('ix_review_items_person_key'))
        batch_op.drop_index(batch_op.f('ix_review_items_entry_id'))

    op.drop_table('review_items')
