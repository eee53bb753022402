-- Profiles of people. Phone and e-mail are sealed by the service; the database never has them in clear text.

create table profiles (
  user_id uuid primary key,
  name text not null,
  phone_sealed text not null,
  email_sealed text,
  language text not null default 'en' check (language in ('en', 'hi')),
  created_at timestamptz not null,
  changed_at timestamptz not null
);

grant select, insert on profiles to bahi_user;
grant update (name, email_sealed, language, changed_at) on profiles to bahi_user;
