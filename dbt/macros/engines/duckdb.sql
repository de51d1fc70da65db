{% macro duckdb__learning360_json_text(expression, path) %}
{{- return("json_extract_string(" ~ expression ~ ", '$.\"" ~ path | join('"."') ~ "\"')") }}
{% endmacro %}

{% macro duckdb__learning360_json_elements(column) %}
{%- set elements = "cast(case when json_type(" ~ column ~ ") = 'ARRAY' then " ~ column ~ " else '[]' end as json[])" %}
{{- return("(select unnest(" ~ elements ~ ") as value, generate_subscripts(" ~ elements ~ ", 1) as position) as item") }}
{% endmacro %}

{% macro duckdb__learning360_json_string(expression) %}{{ return("json_extract_string(" ~ expression ~ ", '$')") }}{% endmacro %}

{% macro duckdb__learning360_matches(expression, pattern) %}{{ return("regexp_matches(" ~ expression ~ ", '" ~ pattern ~ "')") }}{% endmacro %}

{% macro duckdb__learning360_replace_all(expression, pattern, by) %}
{{- return("regexp_replace(" ~ expression ~ ", '" ~ pattern ~ "', '" ~ by ~ "', 'g')") }}
{% endmacro %}

{% macro duckdb__learning360_composed(expression) %}{{ return('nfc_normalize(' ~ expression ~ ')') }}{% endmacro %}

{% macro duckdb__learning360_whole(expression) %}{{ return('cast(' ~ expression ~ ' as hugeint)') }}{% endmacro %}

{% macro duckdb__learning360_whole_part(numerator, denominator) %}{{ return('((' ~ numerator ~ ') // (' ~ denominator ~ '))') }}{% endmacro %}

{#- Without the abbreviations that only ICU knows, such as PST. -#}
{% macro duckdb__learning360_time_zones() %}
{{- return(
    "select name from pg_timezone_names() where name not like 'SystemV/%' and (not regexp_matches(name, '^[A-Z]{3}$')"
    ~ " or name in ('CET', 'EET', 'EST', 'GMT', 'HST', 'MET', 'MST', 'PRC', 'ROC', 'ROK', 'UCT', 'UTC', 'WET'))"
) }}
{% endmacro %}

{% macro duckdb__learning360_without_accents(expression) %}{{ return('strip_accents(' ~ expression ~ ')') }}{% endmacro %}
