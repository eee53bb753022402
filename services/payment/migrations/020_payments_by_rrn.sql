-- Staff look payments up by RRN. It begins with the day, so ranges of blocks are enough, and a write pays hardly
-- anything for them.
create index payments_by_rrn on payments using brin (rrn);
