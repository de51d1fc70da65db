{{ stage('skills', key=['_id'], columns=[
    ['_id', 'skill_id', 'text'],
    ['name', 'name', 'text'],
    ['parents', 'parents', 'json'],
    ['status', 'status', 'text'],
    ['translations', 'translations', 'json'],
    ['externalId', 'source_external_id', 'text'],
    ['description', 'description', 'text'],
    ['libraryId', 'library_id', 'text'],
    ['createdAt', 'created_at', 'timestamp'],
    ['updatedAt', 'updated_at', 'timestamp'],
]) }}
