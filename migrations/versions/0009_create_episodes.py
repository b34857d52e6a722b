"""create episodes"""

import sqlalchemy as sa
from alembic import op

import app.database


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('episodes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('audio_id', sa.Integer(), nullable=True),
    sa.Column('chapters', sa.JSON(), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_episodes_positive')),
    sa.ForeignKeyConstraint(['audio_id'], ['media.id'], name=op.f('fk_episodes_audio_id')),
    sa.ForeignKeyConstraint(['id'], ['entries.id'], name=op.f('fk_episodes_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_episodes')),
    sa.UniqueConstraint('number', name=op.f('uq_episodes_number'))
    )
    op.create_table('transcript_cues',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('episode_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('start', sa.Double(), nullable=False),
    sa.Column('end', sa.Double(), nullable=False),
    sa.Column('speaker', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['episode_id'], ['episodes.id'], name=op.f('fk_transcript_cues_episode_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transcript_cues')),
    sa.UniqueConstraint('episode_id', 'position', name=op.f('uq_transcript_cues_episode_id_position'))
    )


def downgrade() -> None:
    op.drop_table('transcript_cues')
    op.drop_table('episodes')
