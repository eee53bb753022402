-- How a session began, and from which network it was used last: a part of the address, for its person to recognise.

alter table sessions
  add column begun_by text check (begun_by ~ '^[a-z-]{1,40}$'),
  add column network text;
