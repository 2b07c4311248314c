"""What is said where a package is not installed that only a part of the core needs; pyproject.toml lists them."""

TO_TRAIN = "Training and Keras models need TensorFlow, which is not installed: pip install '.[train]'"
FOR_PARQUET = "Parquet files need pyarrow, which is not installed: pip install pyarrow"
FOR_REGRESSION = "The regression needs scikit-learn, which is not installed: pip install scikit-learn"
