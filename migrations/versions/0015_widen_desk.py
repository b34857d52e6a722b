"""widen desk"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reasons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reasons'))
    )

    op.create_table('staff_notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_key', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('written_by', sa.Text(), nullable=False),
    sa.Column('written_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_staff_notes_account_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_notes'))
    )

    with op.batch_alter_table('staff_notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_notes_person_key'), ['person_key'], unique=False)

    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('batch', sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f('ix_decisions_batch'), ['batch'], unique=False)

    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rule', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('facts', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('due_at', app.database.UtcDateTime(timezone=True), nullable=False, server_default='1970-01-01 00:00:00.000000'))
        batch_op.add_column(sa.Column('folded', sa.Text(), nullable=False, server_default=''))
        batch_op.drop_index(batch_op.f('ix_review_items_entry_id'))
        batch_op.drop_index(batch_op.f('ix_review_items_person_key'))
        batch_op.drop_index(batch_op.f('ix_review_items_queue'))
        batch_op.create_index('ix_review_items_due', ['state', 'due_at', 'id'], unique=False)
        batch_op.create_index('ix_review_items_entry', ['entry_id', 'state', 'waiting_since'], unique=False)
        batch_op.create_index('ix_review_items_kind', ['state', 'kind', 'waiting_since'], unique=False)
        batch_op.create_index('ix_review_items_newest', ['state', 'waiting_since', 'id'], unique=False)
        batch_op.create_index('ix_review_items_person', ['person_key', 'state', 'waiting_since'], unique=False)
        batch_op.create_index('ix_review_items_rule', ['state', 'rule', 'waiting_since', 'id', 'kind'], unique=False)

    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.alter_column('rule', server_default=None)
        batch_op.alter_column('facts', server_default=None)
        batch_op.alter_column('folded', server_default=None)
        batch_op.alter_column('due_at', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('review_items', schema=None) as batch_op:
        batch_op.drop_index('ix_review_items_rule')
        batch_op.drop_index('ix_review_items_person')
        batch_op.drop_index('ix_review_items_entry')
        batch_op.drop_index('ix_review_items_newest')
        batch_op.drop_index('ix_review_items_kind')
        batch_op.drop_index('ix_review_items_due')
        batch_op.create_index(batch_op.f('ix_review_items_queue'), ['state', 'urgency', 'waiting_since'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_items_person_key'), ['person_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_review_items_entry_id'), ['entry_id'], unique=False)
        batch_op.drop_column('folded')
        batch_op.drop_column('due_at')
        batch_op.drop_column('facts')
        batch_op.drop_column('rule')

    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decisions_batch'))
        batch_op.drop_column('batch')

    with op.batch_alter_table('staff_notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_notes_person_key'))

    op.drop_table('staff_notes')

    op.drop_table('reasons')
