-- UPI numbers: digits that lead to a UPI ID of their person. One that was switched off stays, so that nobody else gets
-- it and is paid in its old owner's stead.

create table upi_numbers (
  number text constraint number_free primary key check (number ~ '^[1-9][0-9]{7,9}$'),
  user_id uuid not null,
  vpa text not null references vpas,
  since timestamptz not null,
  released_at timestamptz
);
create index upi_numbers_of_user on upi_numbers (user_id);
create index upi_numbers_of_vpa on upi_numbers (vpa) where released_at is null;

-- The person changes in one case only: a mobile number that was switched off goes to the person whose phone it is.
grant select, insert, update (user_id, vpa, since, released_at) on upi_numbers to bahi_account;
