-- Who has not signed in for long, whose phone is somebody else's now, and the ways back.

-- When the device was used last, to the day; before, its sessions alone knew, and they are deleted as they end.
alter table devices add column last_used_at timestamptz;
update devices d set last_used_at = s.at
from (select user_id, device_id, max(last_used_at) as at from sessions group by user_id, device_id) s
where s.user_id = d.user_id and s.device_id = d.device_id;

-- Until then a dormant person resets the password by a code to the phone alone: staff found that it is theirs.
alter table people add column reset_allowed_until timestamptz;

alter table measures
  add column phone_sealed text,
  drop constraint measures_kind_check,
  add constraint measures_kind_check check (
    kind in ('freeze', 'unfreeze', 'end-sessions', 'release-phone', 'restore-sign-in')),
  add constraint restored_with_phone check (kind = 'restore-sign-in' or phone_sealed is null);
