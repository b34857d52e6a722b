"""create readers"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('magic_links',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('created_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_magic_links'))
    )

    with op.batch_alter_table('magic_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_magic_links_created_at'), ['created_at'], unique=False)

    op.create_table('readers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('confirmed_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('wants_mail', sa.Boolean(), nullable=False),
    sa.Column('stop_token', sa.Text(), nullable=False),
    sa.Column('mailed_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readers')),
    sa.UniqueConstraint('email', name=op.f('uq_readers_email')),
    sa.UniqueConstraint('stop_token', name=op.f('uq_readers_stop_token')),
    sqlite_autoincrement=True
    )

    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reader_id', sa.Integer(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('send_after', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('mailed_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('dropped_at', app.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['reader_id'], ['readers.id'], name=op.f('fk_notices_reader_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )

    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_about'), ['about'], unique=False)
        batch_op.create_index('ix_notices_due', ['mailed_at', 'dropped_at', 'send_after'], unique=False)
        batch_op.create_index(batch_op.f('ix_notices_reader_id'), ['reader_id'], unique=False)

    op.create_table('reader_sign_ins',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('reader_id', sa.Integer(), nullable=False),
    sa.Column('created_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['reader_id'], ['readers.id'], name=op.f('fk_reader_sign_ins_reader_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_reader_sign_ins'))
    )

    with op.batch_alter_table('reader_sign_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reader_sign_ins_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_reader_sign_ins_reader_id'), ['reader_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('reader_sign_ins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reader_sign_ins_reader_id'))
        batch_op.drop_index(batch_op.f('ix_reader_sign_ins_created_at'))

    op.drop_table('reader_sign_ins')

    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notices_reader_id'))
        batch_op.drop_index('ix_notices_due')
        batch_op.drop_index(batch_op.f('ix_notices_about'))

    op.drop_table('notices')

    op.drop_table('readers')

    with op.batch_alter_table('magic_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_magic_links_created_at'))

    op.drop_table('magic_links')
