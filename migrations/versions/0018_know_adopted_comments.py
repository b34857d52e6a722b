"""know adopted comments"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('adopted_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.drop_index('ix_comments_author_email')
        batch_op.create_index('ix_comments_by_typed', ['author_email', 'network', 'created_at'])


def downgrade() -> None:
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.drop_index('ix_comments_by_typed')
        batch_op.create_index('ix_comments_author_email', ['author_email'])
        batch_op.drop_column('adopted_at')
