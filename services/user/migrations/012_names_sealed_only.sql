-- Names are written and read sealed alone. The columns with clear text stay for the version that writes both.

do $$
begin
  if exists (select from profiles where name_sealed is null)
    or exists (select from contacts where name_sealed is null and not removed) then
    raise exception 'names are not all sealed yet: run the version before until they are, it takes minutes';
  end if;
end $$;

drop trigger sealed_name on profiles;
drop trigger sealed_name on contacts;
drop function drop_stale_name();
-- Every version that writes a name writes its tokens.
drop trigger if exists tokens_of_name on profiles;
drop function if exists drop_stale_tokens();

alter table profiles alter column name drop not null, alter column name_sealed set not null;
drop index profiles_unsealed;
alter table contacts alter column name drop not null,
  add constraint named_unless_removed check ((name_sealed is null) = removed);
drop index contacts_unsealed;
