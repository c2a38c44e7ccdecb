-- What captures a table is made from the text that it is held against (log.capture_source), so that there is one such text.

-- Attaches the capture to a table, in whichever schema that is. The log knows tables by their bare names, so a name is taken once.
create or replace function log.capture_table(p_table regclass) returns void language plpgsql as $outer$
declare
  name text := (select relname from pg_class where oid = p_table);
  fixed text[] := log.key_columns(p_table) || array(select attname::text from pg_attribute where attrelid = p_table and not attisdropped
                                                    and attname in ('stream_id', 'version_id', 'item_key') and attname <> all (log.key_columns(p_table)));
  taken text := (select min(t.tgrelid::regclass::text) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
                     where p.pronamespace = 'log'::regnamespace and p.proname = 'capture_' || name and t.tgrelid <> p_table);
begin
  if taken is not null then
    raise exception using errcode = 'PL001', message = format('%s is captured as %s already', taken, name), hint = 'Give the table another name.';
  end if;
  execute format('create or replace function log.%I() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, log, pg_temp set timezone = ''UTC'' as %L', 'capture_' || name, log.capture_source(p_table));
  execute format($t$
    revoke all on function log.%2$I() from public;
    create trigger a_capture_insert after insert on %1$s referencing new table as new_rows for each statement execute function log.%2$I();
    create trigger a_capture_update after update on %1$s referencing old table as old_rows new table as new_rows for each statement execute function log.%2$I();
    create trigger a_capture_delete after delete on %1$s referencing old table as old_rows for each statement execute function log.%2$I();
    create trigger a_capture_truncate before truncate on %1$s for each statement execute function log.%2$I();
    create trigger a_identity before update on %1$s for each row when (%3$s) execute function log.refuse_identity_change();
    alter table %1$s enable always trigger a_capture_insert, enable always trigger a_capture_update, enable always trigger a_capture_delete,
      enable always trigger a_capture_truncate, enable always trigger a_identity$t$,
    p_table, 'capture_' || name, (select string_agg(format('old.%1$I is distinct from new.%1$I', f), ' or ') from unnest(fixed) f));
end $outer$;
