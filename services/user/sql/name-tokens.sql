-- A name that is changed without its tokens, by a version that knows none, has none until the service makes them anew:
-- a person is not found by the name that was before.

create or replace function drop_stale_tokens() returns trigger language plpgsql as $$
begin
  new.name_tokens := null;
  return new;
end $$;

create or replace trigger tokens_of_name before update of name on profiles for each row
  when (new.name is distinct from old.name and new.name_tokens is not distinct from old.name_tokens)
  execute function drop_stale_tokens();
