-- Names of people and of their contacts are sealed by the service, which seals those of before too. Until no version
-- runs that knows nothing of it, a name stands beside it in clear.

alter table profiles add column name_sealed text;
create index profiles_unsealed on profiles (user_id) where name_sealed is null;
grant update (name_sealed) on profiles to bahi_user;

alter table contacts add column name_sealed text;
create index contacts_unsealed on contacts (user_id, vpa) where name_sealed is null and not removed;
grant update (name_sealed) on contacts to bahi_user;

-- A name that such a version changes is sealed anew: the sealed one would be that of before.
create function drop_stale_name() returns trigger language plpgsql as $$
begin
  new.name_sealed := null;
  return new;
end $$;
create trigger sealed_name before update of name on profiles for each row
  when (new.name is distinct from old.name and new.name_sealed is not distinct from old.name_sealed)
  execute function drop_stale_name();
create trigger sealed_name before update of name on contacts for each row
  when (new.name is distinct from old.name and new.name_sealed is not distinct from old.name_sealed)
  execute function drop_stale_name();
