-- The apps that a merchant has registered, and what apps were given for a person: for lists, and for the end of either.

create index oauth_clients_of_owner on oauth_clients (owner_id) where owner_id is not null;
create index oauth_records_of_person on oauth_records (user_id) where user_id is not null;
