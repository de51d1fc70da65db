{#-
  The staging of one stream: its columns renamed and typed, with the last extracted row of each key.

  `columns` holds [field, name, type]; the field may be a path into an object (`status.type`). Types are text, integer,
  number, boolean, timestamp and json. The case and the type of a raw column do not matter: one model serves the tables
  of destination-postgres, of PyAirbyte and of tools/load.py. A missing column and an empty text are NULL.
-#}
{% macro stage(stream, key, columns) %}
{%- if execute %}
{%- set relation = raw_table(stream) %}
{%- set found = {} %}
{%- if relation %}
  {%- for column in adapter.get_columns_in_relation(relation) %}
    {%- do found.update({column.name | lower: column}) %}
  {%- endfor %}
{%- endif %}
{%- set key_columns = [] %}
{%- for field in key %}
  {%- if relation and field | lower not in found %}
    {%- do exceptions.raise_compiler_error("The table " ~ relation ~ " has no column " ~ field ~ ", which is part of its key.") %}
  {%- endif %}
  {%- do key_columns.append(adapter.quote(found[field | lower].name) if relation else 'null') %}
{%- endfor %}
with placed as (
    select
        {%- for field, name, type in columns %}
        {{ typed(found, field, type) }} as {{ adapter.quote(name) }},
        {%- endfor %}
        {{ typed(found, '_airbyte_extracted_at', 'timestamp') }} as extracted_at
        {%- if relation %},
        row_number() over (
            partition by {{ key_columns | join(', ') }}
            order by {{ adapter.quote(found['_airbyte_extracted_at'].name) }} desc, {{ adapter.quote(found['_airbyte_raw_id'].name) }} desc
        ) as copy
    from {{ relation }}
        {%- else %}
        , 1 as copy
    where false
        {%- endif %}
)

select
    {%- for field, name, type in columns %}
    {{ adapter.quote(name) }},
    {%- endfor %}
    extracted_at
from placed
where copy = 1
{%- endif %}
-- {{ source('raw', stream) }}
{% endmacro %}

{#- The table of a stream; none if it is missing and optional. -#}
{% macro raw_table(stream) %}
{%- set expected = source('raw', stream) %}
{%- set relation = adapter.get_relation(database=expected.database, schema=expected.schema, identifier=expected.identifier) %}
{%- if relation is none and stream not in var('optional_streams') %}
  {%- do exceptions.raise_compiler_error("There is no table " ~ expected ~ ": sync the stream " ~ stream ~ ", or set `vars: raw_schema` to its schema.") %}
{%- endif %}
{%- do return(relation) %}
{% endmacro %}

{#- A column of the raw table, or a value inside it, as one of the types of `stage`. -#}
{% macro typed(found, field, type) %}
{%- set path = field.split('.') %}
{%- set column = found.get(path[0] | lower) %}
{%- if not column %}
  {{- return('cast(null as ' ~ sql_type(type) ~ ')') }}
{%- endif %}
{%- set raw = adapter.quote(column.name) %}
{%- if path | length > 1 %}
  {%- set raw = json_text(as_json(raw), path[1:]) %}
{%- endif %}
{%- if type == 'text' %}
  {{- return("nullif(trim(cast(" ~ raw ~ " as text)), '')") }}
{%- elif type == 'timestamp' and 'with time zone' in column.dtype | lower %}
  {{- return(raw ~ " at time zone 'UTC'") }}
{%- elif type == 'json' %}
  {{- return(as_json(raw)) }}
{%- endif %}
{{- return('cast(' ~ raw ~ ' as ' ~ sql_type(type) ~ ')') }}
{% endmacro %}

{% macro sql_type(type) %}
{{- return({
    'text': 'text', 'integer': 'bigint', 'number': 'numeric(38, 9)', 'boolean': 'boolean', 'timestamp': 'timestamp',
    'json': 'jsonb' if target.type == 'postgres' else 'json',
}[type]) }}
{% endmacro %}
