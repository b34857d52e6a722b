"""know adopted comments"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('adopted_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('service', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('tell_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_comments_to_tell', ['tell_at'],
                              sqlite_where=sa.text('tell_at IS NOT NULL'),
                              postgresql_where=sa.text('tell_at IS NOT NULL'))
        batch_op.drop_index('ix_comments_author_email')
        batch_op.create_index('ix_comments_by_typed', ['author_email', 'network', 'created_at'])

    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.alter_column('service', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.drop_index('ix_comments_by_typed')
        batch_op.create_index('ix_comments_author_email', ['author_email'])
        batch_op.drop_index('ix_comments_to_tell')
        batch_op.drop_column('tell_at')
        batch_op.drop_column('service')
        batch_op.drop_column('adopted_at')
