{#- JSON functions of PostgreSQL and DuckDB. -#}

{% macro as_json(expression) %}{{ return('cast(' ~ expression ~ ' as ' ~ sql_type('json') ~ ')') }}{% endmacro %}

{#- The text at a path of keys; NULL if there is none. -#}
{% macro json_text(expression, path) %}{{ return(adapter.dispatch('json_text')(expression, path)) }}{% endmacro %}

{% macro postgres__json_text(expression, path) %}
{{- return("(" ~ expression ~ " #>> '{" ~ path | join(',') ~ "}')") }}
{% endmacro %}

{% macro duckdb__json_text(expression, path) %}
{{- return("json_extract_string(" ~ expression ~ ", '$.\"" ~ path | join('"."') ~ "\"')") }}
{% endmacro %}

{#- The elements of an array for a lateral join: `item.value`, and `item.position` from 1. None if it is not an array. -#}
{% macro json_elements(column) %}{{ return(adapter.dispatch('json_elements')(column)) }}{% endmacro %}

{% macro postgres__json_elements(column) %}
{{- return("jsonb_array_elements(case when jsonb_typeof(" ~ column ~ ") = 'array' then " ~ column ~ " else '[]' end) with ordinality as item (value, position)") }}
{% endmacro %}

{% macro duckdb__json_elements(column) %}
{%- set elements = "cast(case when json_type(" ~ column ~ ") = 'ARRAY' then " ~ column ~ " else '[]' end as json[])" %}
{{- return("(select unnest(" ~ elements ~ ") as value, generate_subscripts(" ~ elements ~ ", 1) as position) as item") }}
{% endmacro %}

{#- An element that is a plain string. -#}
{% macro json_string(expression) %}{{ return(adapter.dispatch('json_string')(expression)) }}{% endmacro %}

{% macro postgres__json_string(expression) %}{{ return("(" ~ expression ~ " #>> '{}')") }}{% endmacro %}

{% macro duckdb__json_string(expression) %}{{ return("json_extract_string(" ~ expression ~ ", '$')") }}{% endmacro %}
