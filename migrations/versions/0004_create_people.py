"""create people"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('people',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.Column('bio_html', sa.Text(), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=True),
    sa.Column('created_at', app.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['picture_id'], ['media.id'], name=op.f('fk_people_picture_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('slug', name=op.f('uq_people_slug'))
    )


def downgrade() -> None:
    op.drop_table('people')
