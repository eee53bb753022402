-- All sessions of a person or device, also those that have ended: for the end of either.

create index sessions_of_person on sessions (user_id, device_id);
