-- The checks that 028 added, of the rows from before.

alter table mandates
  validate constraint agreed_elsewhere_has_umn,
  validate constraint asked_through_the_network;
