"""create cdn_told"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cdn_told',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at_once', sa.Integer(), nullable=False),
    sa.Column('again', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cdn_told'))
    )


def downgrade() -> None:
    op.drop_table('cdn_told')
