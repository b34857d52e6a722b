"""create outbox"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('created_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('send_after', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('claimed_until', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('sent_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('dropped_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_about'), ['about'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_send_after'), ['send_after'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_send_after'))
        batch_op.drop_index(batch_op.f('ix_outbox_about'))

    op.drop_table('outbox')
