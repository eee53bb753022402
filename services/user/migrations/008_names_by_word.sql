-- Staff search people by words of their name: keyed fingerprints of the words, made by the service, never the words.

alter table profiles add column name_tokens bytea[];
create index profiles_by_name on profiles using gin (name_tokens);
-- Those of before, until the service has made theirs.
create index profiles_without_tokens on profiles (user_id) where name_tokens is null;
grant update (name_tokens) on profiles to bahi_user;
