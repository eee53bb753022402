-- Since when the phone is not the person's any more: it is somebody else's, and nothing is sent there.
alter table profiles add column phone_released_at timestamptz;
grant update (phone_released_at) on profiles to bahi_user;
