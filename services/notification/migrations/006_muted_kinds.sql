-- What a person has switched off by kind of message: {"received": ["sms"]}.
alter table people add column muted jsonb not null default '{}';
