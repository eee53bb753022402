-- A request for a measure that nobody decided on in time is declined by nobody when it is made anew.

alter table measures
  drop constraint decided,
  add constraint decided check (
    (state = 'requested') = (decided_at is null) and (state <> 'requested' or decided_by is null)
    and (state <> 'approved' or decided_by is not null));
