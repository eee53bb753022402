-- A one-time code is for one purpose, and good for no other. Codes of the version before have none that is asked for:
-- they end within their five minutes.

alter table one_time_codes add column purpose text not null default '';
