{#-
  The staging of one stream: its columns renamed and typed, with the last extracted row of each key, of every account.

  `columns` holds [field, name, type]; the field may be a path into an object (`status.type`). Types are id (an id or a
  code, as it is), text, integer, number, percent (a whole number from 0 to 100), milliseconds (a whole number from 0),
  boolean, timestamp and json. The case and the type of a raw column do not matter: one model serves the tables of
  destination-postgres, of PyAirbyte and of learning360. A missing column, an empty text and a value that cannot be
  read as its type are NULL; `unreadable_fields` names the last ones. A row of which the column `needed` is
  NULL, and not for that reason, says that there is none, and is left out. So is a row that was read before the log of webhook
  events says that it was deleted, if the stream is `logs_deletions`. A model that no other one uses is disabled, unless
  `learning360_all_streams` is set.
-#}
{% macro stage(stream, key, columns, used=true, needed=none, logs_deletions=false) %}
{%- set names = {} %}
{%- for field, name, _ in columns %}{% do names.update({field: name}) %}{% endfor %}
{%- set key_names = [] %}
{%- for field in key %}{% do key_names.append(names[field]) %}{% endfor %}
{{- config(enabled=used or var('learning360_all_streams'), indexes=key_index(key_names)) }}
{%- if execute %}
{%- set tables = raw_tables(stream) %}
with
{%- for schema, relation in tables %}
account_{{ loop.index }} as (
    {{ staged(schema, relation, stream, key, columns) }}
),
{% endfor %}
accounts as (
    {%- for _ in tables %}
    select * from account_{{ loop.index }}
    union all
    {%- endfor %}
    {{ no_rows(columns) }}
)

select * from accounts
{%- if needed %}
where {{ adapter.quote(needed) }} is not null or unreadable_fields is not null
{%- endif %}
{%- if logs_deletions %}
where {{ was_not_deleted(stream, key_names[0]) }}
{%- endif %}
{%- endif %}
{%- if logs_deletions %}
-- depends_on: {{ ref('stg_learning360__deletions') }}
{%- endif %}
-- {{ source('learning360', stream) }}
{% endmacro %}

{#- Whether a row was read before its deletion was logged, or within a day after: pages that were on their way, and clocks that differ. -#}
{% macro precedes(extracted_at, deleted_at) %}{{ return(extracted_at ~ ' < ' ~ later('day', 1, deleted_at)) }}{% endmacro %}

{% macro was_not_deleted(stream, key) %}
not exists (
    select 1 from {{ ref('stg_learning360__deletions') }} as deletions
    where
        deletions.source_relation = accounts.source_relation and deletions.stream = '{{ stream }}'
        and deletions.object_id = accounts.{{ adapter.quote(key) }} and {{ precedes('accounts.extracted_at', 'deletions.deleted_at') }}
)
{%- endmacro %}

{#- The rows of one raw table. -#}
{% macro staged(schema, relation, stream, key, columns) %}
{%- set found = {} %}
{%- for column in adapter.get_columns_in_relation(relation) %}{% do found.update({column.name | lower: column}) %}{% endfor %}
{%- set key_columns = [] %}
{%- for field in key %}
    {%- if field | lower not in found %}
        {%- do exceptions.raise_compiler_error("The table " ~ relation ~ " has no column " ~ field ~ ", which is part of its key.") %}
    {%- endif %}
    {%- do key_columns.append(adapter.quote(found[field | lower].name)) %}
{%- endfor %}
{%- set selected, unreadable = [], [] %}
{%- for field, name, type in columns %}
    {%- set value = typed(found, field, type) %}
    {%- do selected.append(value ~ ' as ' ~ adapter.quote(name)) %}
    {%- if type not in ('id', 'text', 'json') and field.split('.')[0] | lower in found %}
        {%- do unreadable.append("case when " ~ value ~ " is null and " ~ filled(found, field) ~ " then '" ~ field ~ "' end") %}
    {%- endif %}
{%- endfor %}
{%- if '_airbyte_meta' in found %}{% do unreadable.append(fields_that_did_not_fit(adapter.quote(found['_airbyte_meta'].name))) %}{% endif -%}
select
        {{ literal(schema) }} as source_relation,
        {{ selected | join(',\n        ') }},
        {{ typed(found, '_airbyte_extracted_at', 'timestamp') }} as extracted_at,
        {{ "nullif(concat_ws(',', " ~ unreadable | join(', ') ~ "), '')" if unreadable else 'cast(null as text)' }} as unreadable_fields
    from (
        select
            *,
            row_number() over (
                partition by {{ key_columns | join(', ') }}
                order by {{ adapter.quote(found['_airbyte_extracted_at'].name) }} desc, {{ adapter.quote(found['_airbyte_raw_id'].name) }} desc
            ) as copy
        from {{ relation }}
    ) as rows_of_key
    where copy = 1
{%- endmacro %}

{% macro no_rows(columns) %}
select
        cast(null as text) as source_relation,
        {%- for _, name, type in columns %}
        cast(null as {{ sql_type(type) }}) as {{ adapter.quote(name) }},
        {%- endfor %}
        cast(null as timestamp) as extracted_at,
        cast(null as text) as unreadable_fields
    where false
{%- endmacro %}

{#- The schemas of the raw tables, one per account. -#}
{% macro raw_schemas() %}{{ return(names_of(var('learning360_raw_schema'))) }}{% endmacro %}

{#-
  Lists the raw tables before any model runs. dbt fills its list of a schema table by table, and a model that runs beside
  another one that fills it would find no table where there is one.
-#}
{% macro list_raw_tables() %}
{%- if execute %}
    {%- for schema in raw_schemas() %}
        {%- do adapter.get_relation(database=target.database, schema=schema, identifier='users') %}
    {%- endfor %}
{%- endif %}
{% endmacro %}

{#- The tables of a stream: [schema, relation] of every account that has it. -#}
{% macro raw_tables(stream) %}
{%- set tables = [] %}
{%- set expected = source('learning360', stream) %}
{%- for schema in raw_schemas() %}
    {%- set relation = adapter.get_relation(database=expected.database, schema=schema, identifier=expected.identifier) %}
    {%- if relation %}
        {%- do tables.append([schema, relation]) %}
    {%- elif stream not in (var('learning360_optional_streams') or []) %}
        {%- do exceptions.raise_compiler_error(
            "There is no table " ~ schema ~ "." ~ expected.identifier ~ ": sync the stream " ~ stream
            ~ ", or set the variable learning360_raw_schema to the schema of your raw tables."
        ) %}
    {%- endif %}
{%- endfor %}
{%- do return(tables) %}
{% endmacro %}

{#- The rows of attendance that were not left out when their parent was read last: a list under a parent is read at once. -#}
{% macro read_last(model, parent) %}
select * from (
    select *, max(read_at) over (partition by source_relation, {{ parent }}) as newest_read_at from {{ ref(model) }}
) as all_reads
where read_at is null or read_at = newest_read_at
{% endmacro %}

{#- True if an account, a column `source_relation`, syncs an optional stream. -#}
{% macro is_synced(stream, account) %}
{{- return(
    account ~ " in (select synced.source_relation from " ~ ref('int_learning360__synced_streams') ~ " as synced where synced.stream = '" ~ stream ~ "')"
) }}
{% endmacro %}

{#- A column of a raw table, whatever its case. -#}
{% macro raw_column(relation, field) %}
{%- for column in adapter.get_columns_in_relation(relation) if column.name | lower == field | lower %}{% do return(adapter.quote(column.name)) %}{% endfor %}
{% endmacro %}

{#- The raw value of a field, which may be inside an object. -#}
{% macro raw_value(found, field) %}
{%- set path = field.split('.') %}
{%- set raw = adapter.quote(found[path[0] | lower].name) %}
{{- return(json_text(as_json(raw), path[1:]) if path | length > 1 else raw) }}
{% endmacro %}

{% macro as_json(expression) %}{{ return('cast(' ~ expression ~ ' as ' ~ json_type() ~ ')') }}{% endmacro %}

{% macro is_text(found, field) %}
{%- set kind = found[field.split('.')[0] | lower].dtype | lower %}
{{- return('.' in field or 'char' in kind or 'text' in kind or 'string' in kind) }}
{% endmacro %}

{#- Whether a field has a value, right or wrong. -#}
{% macro filled(found, field) %}
{%- set raw = raw_value(found, field) %}
{{- return("nullif(" ~ trimmed(raw) ~ ", '') is not null" if is_text(found, field) else raw ~ ' is not null') }}
{% endmacro %}

{#- A column of the raw table, or a value inside it, as one of the types of `stage`. -#}
{% macro typed(found, field, type) %}
{%- if field.split('.')[0] | lower not in found %}{{ return('cast(null as ' ~ sql_type(type) ~ ')') }}{% endif %}
{%- set raw = raw_value(found, field) %}
{%- set kind = found[field.split('.')[0] | lower].dtype | lower %}
{%- if type == 'id' %}
    {{- return("nullif(trim(cast(" ~ raw ~ " as text)), '')") }}
{%- elif type == 'text' %}
    {{- return("nullif(" ~ trimmed(composed("cast(" ~ raw ~ " as text)")) ~ ", '')") }}
{%- elif type == 'json' %}
    {{- return(as_json(raw)) }}
{%- elif is_text(found, field) %}
    {%- set text = trimmed(raw) %}
    {%- if type == 'timestamp' %}{{ return(plausible(instant_of_text(text))) }}{% endif %}
    {%- if type == 'boolean' %}
        {{- return("case lower(" ~ text ~ ") when 'true' then true when 't' then true when 'false' then false when 'f' then false end") }}
    {%- endif %}
    {%- set number = "case when " ~ matches(text, '^-?[0-9]{1,15}(\\.[0-9]{1,15})?$') ~ " then cast(" ~ text ~ " as " ~ sql_type('number') ~ ") end" %}
    {{- return("case when " ~ within_limits(number, type) ~ " then " ~ number_of(number, type) ~ " end") }}
{%- elif type == 'timestamp' %}
    {{- return(plausible(raw ~ " at time zone 'UTC'" if 'with time zone' in kind else 'cast(' ~ raw ~ ' as timestamp)')) }}
{%- elif type == 'boolean' %}
    {{- return('cast(' ~ raw ~ ' as boolean)') }}
{%- endif %}
{{- return("case when " ~ within_limits(raw, type) ~ " then " ~ number_of(raw, type) ~ " end") }}
{% endmacro %}

{% macro within_limits(number, type) %}
{%- if type == 'percent' %}{{ return("(" ~ number ~ ") between 0 and 100") }}{% endif %}
{{- return("(" ~ number ~ ")" ~ (" >= 0" if type == 'milliseconds' else " > -1e15") ~ " and (" ~ number ~ ") < 1e15") }}
{% endmacro %}

{#- Whole numbers are rounded half up. -#}
{% macro number_of(raw, type) %}
{%- set number = 'cast(' ~ raw ~ ' as ' ~ sql_type('number') ~ ')' %}
{{- return('cast(round(' ~ number ~ ') as bigint)' if type != 'number' else number) }}
{% endmacro %}

{#- The fields that a loader made NULL, because they did not fit: `_airbyte_meta` lists them. -#}
{% macro fields_that_did_not_fit(meta) %}
{%- set changes = json_text(as_json(meta), ['changes']) %}
{{- return(
    "case when " ~ changes ~ " like '%\"field\"%' then (select " ~ joined(json_text('item.value', ['field']), ',', 'item.position')
    ~ " from " ~ json_elements(as_json(changes)) ~ ") end"
) }}
{% endmacro %}
