"""What stands between the gate and a model: classifiers that read what is asked and what is answered."""
