"""create trigrams: the index of parts of words, marks on the rows that are to be indexed, how the
entries of feed items stand, and an index for numbers

The worker indexes what there is, a part at a time.
"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

TABLES = ('people', 'entries', 'review_items')
DUE = sa.text('unindexed IS NOT NULL')


def upgrade() -> None:
    op.create_table('trigrams',
    sa.Column('corpus', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('gram', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('block', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('places', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('corpus', 'gram', 'block', name=op.f('pk_trigrams')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_trigrams_block', 'trigrams', ['corpus', 'block'])
    for table in TABLES:
        op.add_column(table, sa.Column('unindexed', sa.SmallInteger(), server_default='0', nullable=True))
        op.create_index(f'ix_{table}_unindexed', table, ['id'], sqlite_where=DUE, postgresql_where=DUE)


    op.create_index('ix_review_items_numbers', 'review_items', ['state', 'kind', 'rule'])
    op.add_column('feed_items', sa.Column('entry_state', sa.Text(), nullable=True))
    op.execute('UPDATE feed_items SET entry_state ='
               ' (SELECT state FROM entries WHERE entries.id = feed_items.entry_id)')
    op.create_index('ix_feed_items_standing', 'feed_items', ['feed_id', 'entry_state'])


def downgrade() -> None:
    op.drop_index('ix_feed_items_standing', 'feed_items')
    op.drop_column('feed_items', 'entry_state')
    op.drop_index('ix_review_items_numbers', 'review_items')
    for table in TABLES:
        op.drop_index(f'ix_{table}_unindexed', table)
        op.drop_column(table, 'unindexed')
    op.drop_table('trigrams')
