"""widen comments"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('appeals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('against', sa.Enum('waiting', 'approved', 'rejected', 'spam', 'withdrawn', name='commentstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('state', sa.Enum('open', 'granted', 'refused', 'dropped', name='casestate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('sent_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_appeals_comment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeals')),
    sa.UniqueConstraint('comment_id', name=op.f('uq_appeals_comment_id'))
    )

    op.create_table('complaints',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'granted', 'refused', 'dropped', name='casestate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('opened_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_complaints_comment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaints'))
    )

    with op.batch_alter_table('complaints', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_complaints_comment_id'), ['comment_id'], unique=False)
        batch_op.create_index('uq_complaints_open', ['comment_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('thanks',
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('voter', sa.Text(), nullable=False),
    sa.Column('created_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('taken_back', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_thanks_comment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comment_id', 'voter', name=op.f('pk_thanks'))
    )

    with op.batch_alter_table('thanks', schema=None) as batch_op:
        batch_op.create_index('ix_thanks_uncounted', ['counted'], unique=False)

    op.create_table('reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('reporter', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaints.id'], name=op.f('fk_reports_complaint_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports')),
    sa.UniqueConstraint('complaint_id', 'reporter', name=op.f('uq_reports_complaint_id_reporter'))
    )

    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reports_reporter'), ['reporter'], unique=False)

    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('author_url', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('picture', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reader_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('account_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('network', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('proof', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('edited_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ended_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('erased_at', app.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('thanks', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('learned_as', sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f('ix_comments_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_comments_to_erase', ['ended_at'], unique=False, sqlite_where=sa.text('erased_at IS NULL'), postgresql_where=sa.text('erased_at IS NULL'))
        batch_op.create_index('ix_comments_by_network', ['network', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_comments_reader_id'), ['reader_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_comments_proof'), ['proof'])
        batch_op.create_foreign_key(batch_op.f('fk_comments_account_id'), 'accounts', ['account_id'], ['id'], ondelete='SET NULL')
        batch_op.create_foreign_key(batch_op.f('fk_comments_reader_id'), 'readers', ['reader_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.alter_column('author_url', server_default=None)
        batch_op.alter_column('picture', server_default=None)
        batch_op.alter_column('network', server_default=None)
        batch_op.alter_column('thanks', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_comments_reader_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_comments_account_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_comments_proof'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_comments_reader_id'))
        batch_op.drop_index('ix_comments_by_network')
        batch_op.drop_index('ix_comments_to_erase', sqlite_where=sa.text('erased_at IS NULL'), postgresql_where=sa.text('erased_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_comments_account_id'))
        batch_op.drop_column('learned_as')
        batch_op.drop_column('thanks')
        batch_op.drop_column('erased_at')
        batch_op.drop_column('ended_at')
        batch_op.drop_column('edited_at')
        batch_op.drop_column('proof')
        batch_op.drop_column('network')
        batch_op.drop_column('account_id')
        batch_op.drop_column('reader_id')
        batch_op.drop_column('picture')
        batch_op.drop_column('author_url')

    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reports_reporter'))

    op.drop_table('reports')

    with op.batch_alter_table('thanks', schema=None) as batch_op:
        batch_op.drop_index('ix_thanks_uncounted')

    op.drop_table('thanks')

    with op.batch_alter_table('complaints', schema=None) as batch_op:
        batch_op.drop_index('uq_complaints_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_complaints_comment_id'))

    op.drop_table('complaints')

    op.drop_table('appeals')
