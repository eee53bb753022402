-- When the content of a list was last sent again, and of which day: nothing is new, and whoever fetches it is at work.

alter table revoked_number_lists add column sent_again_at timestamptz, add column sent_again_of date,
  add constraint revoked_number_lists_again check ((sent_again_at is null) = (sent_again_of is null));
grant update (sent_again_at, sent_again_of) on revoked_number_lists to bahi_auth;
