{% macro postgres__learning360_json_type() %}{{ return('jsonb') }}{% endmacro %}

{% macro postgres__learning360_json_text(expression, path) %}
{{- return("(" ~ expression ~ " #>> '{" ~ path | join(',') ~ "}')") }}
{% endmacro %}

{% macro postgres__learning360_json_elements(column) %}
{{- return("jsonb_array_elements(case when jsonb_typeof(" ~ column ~ ") = 'array' then " ~ column ~ " else '[]' end) with ordinality as item (value, position)") }}
{% endmacro %}

{% macro postgres__learning360_json_string(expression) %}{{ return("(" ~ expression ~ " #>> '{}')") }}{% endmacro %}

{% macro postgres__learning360_matches(expression, pattern) %}{{ return("(" ~ expression ~ " ~ '" ~ pattern ~ "')") }}{% endmacro %}

{% macro postgres__learning360_replace_all(expression, pattern, by) %}
{{- return("regexp_replace(" ~ expression ~ ", '" ~ pattern ~ "', '" ~ by ~ "', 'g')") }}
{% endmacro %}

{% macro postgres__learning360_by_bytes(expression) %}{{ return(expression ~ ' collate "C"') }}{% endmacro %}

{% macro postgres__learning360_whole_part(numerator, denominator) %}{{ return('div(' ~ numerator ~ ', ' ~ denominator ~ ')') }}{% endmacro %}

{#- A row has one page of 8 kB, and a long text takes 18 bytes of it. -#}
{% macro postgres__learning360_most_columns() %}{{ return(400) }}{% endmacro %}

{% macro postgres__learning360_has_indexes() %}{{ return(true) }}{% endmacro %}

{% macro postgres__learning360_after_build(relation) %}{{ return('analyze ' ~ relation) }}{% endmacro %}
