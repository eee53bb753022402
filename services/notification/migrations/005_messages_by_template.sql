-- A message is stored as its template and the values it is filled with, and becomes text when it is read or sent: in
-- the language that its person has then. One from before keeps its text.

alter table messages
  add column template text,
  add column template_values jsonb,
  alter column title drop not null,
  alter column text drop not null,
  add constraint messages_text check (
    num_nonnulls(template, template_values) = 2 and num_nulls(title, text) = 2
    or num_nulls(template, template_values) = 2 and num_nonnulls(title, text) = 2
  );
