-- Deliveries are deleted with their person.

create index deliveries_of_person on deliveries (user_id) where user_id is not null;
