"""widen entries"""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('discussion', sa.Enum('auto', 'open', 'closed', name='discussion', native_enum=False, create_constraint=True, length=20), nullable=False, server_default='auto'))

    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.alter_column('discussion', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_entries_discussion'), type_='check')
        batch_op.drop_column('discussion')
