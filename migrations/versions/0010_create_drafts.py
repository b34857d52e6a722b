"""create drafts"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drafts',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_drafts_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_drafts_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_drafts'))
    )
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drafts_account_id'), ['account_id'], unique=False)

    op.create_table('submissions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('wanted_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('sent', 'accepted', 'returned', 'rejected', 'withdrawn', name='submissionstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('sent_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('answered_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_submissions_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_submissions_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submissions'))
    )
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submissions_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index('uq_submissions_open', ['entry_id'], unique=True, sqlite_where=sa.text("state = 'sent'"), postgresql_where=sa.text("state = 'sent'"))



def downgrade() -> None:
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.drop_index('uq_submissions_open', sqlite_where=sa.text("state = 'sent'"), postgresql_where=sa.text("state = 'sent'"))
        batch_op.drop_index(batch_op.f('ix_submissions_entry_id'))

    op.drop_table('submissions')
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_drafts_account_id'))

    op.drop_table('drafts')
