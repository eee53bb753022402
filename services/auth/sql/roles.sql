-- The roles of a person: `customer`, and the staff roles of grants in effect.

create or replace function roles_of(of_user uuid) returns text[]
language sql stable parallel safe
as $$
  select array_prepend('customer', array(
    select role from staff_grants where user_id = of_user and state = 'active' order by role
  ))
$$;
