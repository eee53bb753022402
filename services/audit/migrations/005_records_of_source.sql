-- The newest records of a service that records little, among those of one that records much.

create index records_source on records (source, seq);
