{{ stage('skills', key=['_id'], columns=[
    ['_id', 'skill_id', 'id'],
    ['name', 'name', 'text'],
    ['parents', 'parents', 'json'],
    ['status', 'status', 'id'],
    ['translations', 'translations', 'json'],
    ['externalId', 'source_external_id', 'id'],
    ['description', 'description', 'text'],
    ['libraryId', 'library_id', 'id'],
    ['createdAt', 'created_at', 'timestamp'],
    ['updatedAt', 'updated_at', 'timestamp'],
], used=false) }}
