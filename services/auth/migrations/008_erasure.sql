-- A person whose account has ended keeps their id, which others name, and nothing else.

alter table people alter column phone_fingerprint drop not null, alter column phone_sealed drop not null;

-- The sessions of a person whose rows are long gone: their events name devices.
create index events_of_sessions on events ((data ->> 'userId')) where type = 'auth.session-started';
