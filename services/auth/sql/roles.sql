-- The roles of a person: `customer`, and the staff roles that were granted.

create or replace function roles_of(of_user uuid) returns text[]
language sql stable parallel safe
as $$
  select array_prepend('customer', array(select role from role_grants where user_id = of_user order by role))
$$;
