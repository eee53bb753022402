-- Fingerprints of whole words go: nothing is searched by them, and they give away who shares one. The service makes the
-- tokens of every name anew, those too that a version without the search left behind.

update profiles set name_tokens = null where name_tokens is not null;
