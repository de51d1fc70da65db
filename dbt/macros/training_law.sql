{#- The kind of trainee of a value of the role `kind`, from `learning360_trainee_kinds`; unknown if none has it. -#}
{% macro trainee_kind(expression) %}
{%- set known_kinds = ['private_employee', 'apprentice', 'job_seeker', 'self_paying', 'other'] %}
{%- set cases = [] %}
{%- for kind, values in (var('learning360_trainee_kinds') or {}).items() %}
    {%- if kind not in known_kinds %}
        {%- do exceptions.raise_compiler_error(
            "The variable learning360_trainee_kinds has no kind " ~ kind ~ "; the kinds are " ~ known_kinds | join(', ') ~ "."
        ) %}
    {%- endif %}
    {%- for value in names_of(values) %}{% do cases.append("when " ~ normal_form(literal(value)) ~ " then '" ~ kind ~ "'") %}{% endfor %}
{%- endfor %}
{{- return("case " ~ normal_form(expression) ~ ' ' ~ cases | join(' ') ~ " else 'unknown' end" if cases else "'unknown'") }}
{% endmacro %}

{#- The accounting year of a day: the calendar year in which it begins. -#}
{% macro fiscal_year(day) %}
{%- set month = (var('learning360_fiscal_year_month') or 1) | int %}
{%- if month not in range(1, 13) %}
    {%- do exceptions.raise_compiler_error("The variable learning360_fiscal_year_month is " ~ var('learning360_fiscal_year_month') ~ ": write a month from 1 to 12.") %}
{%- endif %}
{{- return('cast(extract(year from ' ~ later('month', 1 - month, day) ~ ') as bigint)') }}
{% endmacro %}

{#- The months for which a path is valid, from `learning360_validity_months`; NULL without a limit. -#}
{% macro validity_months(id, name) %}
{%- set cases = [] %}
{%- for path, months in (var('learning360_validity_months') or {}).items() %}
    {%- if months is not integer or months < 1 %}
        {%- do exceptions.raise_compiler_error("The variable learning360_validity_months has " ~ months ~ " for " ~ path ~ ": write a whole number of months from 1.") %}
    {%- endif %}
    {%- do cases.append('when ' ~ listed(id, name, [path]) ~ ' then ' ~ months) %}
{%- endfor %}
{{- return('case ' ~ cases | join(' ') ~ ' end' if cases else 'cast(null as integer)') }}
{% endmacro %}
