-- A person can move to another phone number.

grant update (phone_sealed) on profiles to bahi_user;
